# SPDX-License-Identifier: GPL-2.0-or-later
"""faults.toml: event classes and fault actions."""
from .check_common import (
    DASHED, DOTTED, LOWER, check_name, check_unique, check_unique_texts, did_you_mean,
)
from .model import ANY, CLASS_ID_MAX, CLASS_OF, FIELDS_MAX, PARAMS_MAX

ACTION_ID_MAX = 0xFFFF


def check_faults(spec, problems):
    check_unique(spec.classes, "class", problems)
    check_unique(spec.classes, "class with id", problems, "id")
    for item in spec.classes:
        _check_class(item, problems)
    check_unique(spec.actions, "action", problems)
    check_unique(spec.actions, "action with id", problems, "id")
    classes = [item.name for item in spec.classes]
    for item in spec.actions:
        _check_action(item, classes, problems)


def check_values_of_fields(node, event_class, problems):
    for field in node.values:
        if field not in event_class.fields:
            hint = did_you_mean(field, event_class.fields)
            problems.at(node, f"{event_class.name} has no field '{field}'{hint}", "values", field)


def _check_class(item, problems):
    check_name(item, item.name, DOTTED, problems, "name")
    if item.name == ANY:
        problems.at(item, f"a class cannot be called '{ANY}': actions mean every class by it", "name")
    _check_id(item, CLASS_ID_MAX, problems)
    for n, name in enumerate(item.fields):
        check_name(item, name, LOWER, problems, "fields", n)
    check_unique_texts(item, item.fields, "field", problems, "fields")
    check_values_of_fields(item, item, problems)
    if item.of not in CLASS_OF:
        hint = did_you_mean(item.of, CLASS_OF) or f"; there are {', '.join(CLASS_OF)}"
        problems.at(item, f"class '{item.name}' is of unknown devices '{item.of}'{hint}", "of")
    if len(item.fields) > FIELDS_MAX:
        problems.at(item, f"class '{item.name}' has {len(item.fields)} fields, more than {FIELDS_MAX}",
                    "fields")


def _check_action(item, classes, problems):
    check_name(item, item.name, DASHED, problems, "name")
    _check_id(item, ACTION_ID_MAX, problems)
    _check_on(item, classes, problems)
    check_unique(item.params, "parameter", problems)
    for param in item.params:
        check_name(param, param.name, LOWER, problems, "name")
        if param.default > param.max:
            problems.at(param, f"default {param.default} of parameter '{param.name}' is more than its max {param.max}",
                        "default")
    if len(item.params) > PARAMS_MAX:
        problems.at(item, f"action '{item.name}' has {len(item.params)} params, more than {PARAMS_MAX}",
                    "params")


def _check_id(item, limit, problems):
    if not 1 <= item.id <= limit:
        problems.at(item, f"id {item.id} must be from 1 to {limit}", "id")


def _check_on(item, classes, problems):
    if not item.on:
        problems.at(item, f"action '{item.name}' applies to nothing", "on")
    if item.is_any and len(item.on) > 1:
        problems.at(item, f"'{ANY}' stands alone: it is every class", "on")
    check_unique_texts(item, item.on, "class", problems, "on")
    for n, name in enumerate(item.on):
        if name != ANY and name not in classes:
            hint = did_you_mean(name, classes)
            problems.at(item, f"action '{item.name}' is on unknown class '{name}'{hint}", "on", n)
