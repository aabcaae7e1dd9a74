"""Layers' ids as Python names: `conv-1` is `conv_1`, and what means something else already gets an underscore."""

import builtins
import keyword
from collections.abc import Collection, Iterable

# Attributes that every nn.Module has, and names that the programs use themselves.
RESERVED = frozenset(
    """
    add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval extra_repr
    float forward get_buffer get_extra_state get_parameter get_submodule half input input_shape inputs ipu
    load_state_dict modules mtia named_buffers named_children named_modules named_parameters nn np parameters predict
    register_backward_hook register_buffer register_forward_hook register_forward_pre_hook
    register_full_backward_hook register_full_backward_pre_hook register_load_state_dict_post_hook
    register_load_state_dict_pre_hook register_module register_parameter register_state_dict_post_hook
    register_state_dict_pre_hook requires_grad_ self set_extra_state set_submodule share_memory state_dict T
    T_destination to to_empty torch train training type x xpu zero_grad
    """.split()  # noqa: SIM905
)  # fmt: skip


def identifiers(ids: Iterable[str], also: Collection[str] = ()) -> dict[str, str]:
    """A Python name for each id, all different. also: names that mean something where these are used."""
    out: dict[str, str] = {}
    for id in ids:
        name = id.replace("-", "_")
        name += "_" * (_taken(name) or name.rstrip("_") in also)
        while name in out.values():
            name += "_"
        out[id] = name
    return out


def restored(name: str) -> str:
    """The id that such a name was made from, as far as it can be known."""
    return name[:-1] if name.endswith("_") and _taken(name) else name


def _taken(name: str) -> bool:
    """Whether a name, or what it is without underscores at its end, already means something."""
    bare = name.rstrip("_")
    return bare in RESERVED or keyword.iskeyword(bare) or hasattr(builtins, bare)
