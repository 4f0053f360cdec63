"""The services of the domain, built on one office."""

from lianzhi.domains.domain import Means
from lianzhi.domains.enforcement.desk.assignments import Assignments
from lianzhi.domains.enforcement.desk.draws import Draws
from lianzhi.domains.enforcement.desk.dues import Dues
from lianzhi.domains.enforcement.desk.erasure import Erasure
from lianzhi.domains.enforcement.desk.exports import Exports
from lianzhi.domains.enforcement.desk.figures import Figures
from lianzhi.domains.enforcement.desk.history import History
from lianzhi.domains.enforcement.desk.letters import Letters
from lianzhi.domains.enforcement.desk.named_files import named_files
from lianzhi.domains.enforcement.desk.office import Office
from lianzhi.domains.enforcement.desk.papers import Papers
from lianzhi.domains.enforcement.desk.penalties import Penalties
from lianzhi.domains.enforcement.desk.photos import Photos
from lianzhi.domains.enforcement.desk.registers import Registers
from lianzhi.domains.enforcement.desk.reminders import Reminders
from lianzhi.domains.enforcement.desk.requests import Requests
from lianzhi.domains.enforcement.desk.reviews import Reviews
from lianzhi.domains.enforcement.desk.risk import Risk
from lianzhi.domains.enforcement.desk.spot import Spot
from lianzhi.domains.enforcement.desk.visits import Visits
from lianzhi.domains.enforcement.desk.watch import Watch
from lianzhi.domains.enforcement.importing.town_files import stored_name
from lianzhi.domains.enforcement.papers import agency
from lianzhi.domains.enforcement.rulebook.rulebook import Rulebook
from lianzhi.office.files import Files
from lianzhi.office.uploads import Uploads


class Desk:
    """All acts and readings of a deployment. Thread-safe: the record serialises writes."""

    def __init__(self, means: Means) -> None:
        rules = Rulebook(means.home / "enforcement")
        self.office = Office(means.ledger, means.home, means.now, rules, means.office)
        # Own files are read now, so that a fault in them ends the start and not a day's work.
        today = self.office.today()
        rules.check_lists(today)
        agency.load(today, means.home / "enforcement" / "agency.toml")
        self.files = Files(means.home)
        self.uploads = Uploads(means.home / "enforcement" / "uploads", stored_name)
        self.uploads.sweep(means.now())
        self.registers = Registers(self.office)
        self.penalties = Penalties(self.office)
        self.spot = Spot(self.office, self.penalties)
        self.assignments = Assignments(self.office)
        self.dues = Dues(self.office)
        self.papers = Papers(self.office, self.files, self.penalties)
        self.letters = Letters(self.office)
        self.requests = Requests(self.office)
        self.risk = Risk(self.office)
        self.draws = Draws(self.office, self.risk)
        self.visits = Visits(self.office, self.requests)
        self.photos = Photos(self.office, self.files)
        self.history = History(self.office)
        self.watch = Watch(self.office)
        self.reviews = Reviews(self.office, self.penalties, self.watch)
        self._reminders = Reminders(self.office, self.requests)
        self._erasure = Erasure(self.office, self.files)
        self.exports = Exports(self.office, self.requests)
        self.figures = Figures(self.office, self.requests, self.exports.due)

    def tick(self) -> int:
        """Delete unconfirmed uploads and files that no entry names, then record reminders; returns
        the number of entries. See `Reminders`."""
        self.uploads.sweep(self.office.now())
        self.requests.rotas.pending.sweep()
        self.requests.maps.pending.sweep()
        if self.files.has_leftovers():
            with self.office.batch():  # no entry may name a file meanwhile
                self.files.remove_leftovers(named_files(self.office))
        return self._reminders.tick()

    def retained(self, account: str) -> str:
        """Why the law requires keeping the files of an account; empty if it does not."""
        return self._erasure.retained(account)

    def erase(self, account: str) -> int:
        """Delete the files of an account's cases; returns how many. All unconfirmed rotas are
        deleted too, since they may name the person."""
        self.requests.rotas.pending.sweep(whole=True)
        return self._erasure.erase(account)
