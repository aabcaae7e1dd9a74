# The playground as a container: built with everything it needs, run without what builds it, by a user of its own.
#   docker build -t playground .
#   docker run -p 8000:8000 -v playground:/data playground
FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE constraints.txt ./
COPY app app
COPY engine engine
COPY static static
COPY templates templates
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir -c constraints.txt ".[onnx]"

FROM python:3.12-slim
RUN useradd --create-home --uid 10001 playground && mkdir /data && chown playground /data
COPY --from=build /venv /venv
USER playground
ENV PLAYGROUND_HOST=0.0.0.0 PLAYGROUND_PORT=8000 PLAYGROUND_DATA_DIR=/data PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["/venv/bin/python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PLAYGROUND_PORT\"]}{os.environ.get(\"PLAYGROUND_ROOT_PATH\", \"\")}/readyz', timeout=4)"]
# Ctrl+C's signal: the server then saves every run and tells those who watch.
STOPSIGNAL SIGINT
CMD ["/venv/bin/playground", "serve"]
