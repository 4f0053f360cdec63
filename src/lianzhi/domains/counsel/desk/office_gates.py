"""Gates of the office's files, shipped and of the deployment."""

from collections.abc import Mapping
from typing import TypeVar

from lianzhi.chain.policy import PolicyError
from lianzhi.domains.counsel.desk.office import Office
from lianzhi.law.gates import Gates, GatesError, Predicate, StepFacts, Terms, load

S = TypeVar("S", bound=StepFacts)
T = TypeVar("T", bound=Terms)


def gates_of(
    office: Office, noun: str, predicates: Mapping[str, Predicate[S, T]], form: type[T]
) -> Gates[S, T]:
    """Gates of a noun, shipped and of the deployment. Raises PolicyError."""
    try:
        return load(office.rules.folders.layers(f"gates/{noun}"), predicates, form)
    except GatesError as error:
        raise PolicyError(f"policy {error}") from None
