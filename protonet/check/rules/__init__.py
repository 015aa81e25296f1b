"""The rules, a file each."""

from . import (
    accuracy_in_train,  # noqa: F401
    after_unknown,  # noqa: F401
    bad_parameter,  # noqa: F401
    in_place,  # noqa: F401
    include_and_exclude,  # noqa: F401
    learns_nothing,  # noqa: F401
    no_gradient,  # noqa: F401
    no_loss,  # noqa: F401
    no_state,  # noqa: F401
    old_definition,  # noqa: F401
    python_loss,  # noqa: F401
    same_name,  # noqa: F401
    shape,  # noqa: F401
    syntax,  # noqa: F401
    unknown_bottom,  # noqa: F401
    unknown_field,  # noqa: F401
    unknown_shape,  # noqa: F401
    unknown_type,  # noqa: F401
    unread_parameters,  # noqa: F401
    unread_top,  # noqa: F401
    wiring,  # noqa: F401
    zero_loss_weight,  # noqa: F401
)
