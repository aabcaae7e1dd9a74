"""Everything a person looks at: the playground itself, and the small forms it fetches."""

from fastapi import APIRouter

from app.pages.admin import router as admin
from app.pages.embed import router as embed
from app.pages.forms import router as forms
from app.pages.oembed import router as oembed
from app.pages.playground import router as playground
from app.pages.shared import router as shared

router = APIRouter(include_in_schema=False)
for inner in (playground, shared, embed, oembed, forms, admin):
    router.include_router(inner)
