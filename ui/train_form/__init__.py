"""The form of the train page: which images, which model, how it is trained; its check, its estimate, its command."""

from ui.train_form.form import FormChoices, form_choices, run_request
from ui.train_form.names import free_name, name_problem
from ui.train_form.number_fields import NumberRule, number_text

__all__ = ["FormChoices", "NumberRule", "form_choices", "free_name", "name_problem", "number_text", "run_request"]
