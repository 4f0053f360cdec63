"""Desk: all that people do in this domain, on one office."""

from lianzhi.domains.domain import Means
from lianzhi.domains.enforcement.desk.draws import Draws
from lianzhi.domains.enforcement.desk.dues import Dues
from lianzhi.domains.enforcement.desk.exports import Exports
from lianzhi.domains.enforcement.desk.figures import Figures
from lianzhi.domains.enforcement.desk.hands import Hands
from lianzhi.domains.enforcement.desk.history import History
from lianzhi.domains.enforcement.desk.letters import Letters
from lianzhi.domains.enforcement.desk.naming import names
from lianzhi.domains.enforcement.desk.office import Office
from lianzhi.domains.enforcement.desk.papers import Papers
from lianzhi.domains.enforcement.desk.penalties import Penalties
from lianzhi.domains.enforcement.desk.photos import Photos
from lianzhi.domains.enforcement.desk.registers import Registers
from lianzhi.domains.enforcement.desk.requests import Requests
from lianzhi.domains.enforcement.desk.reviews import Reviews
from lianzhi.domains.enforcement.desk.risk import Risk
from lianzhi.domains.enforcement.desk.spot import Spot
from lianzhi.domains.enforcement.desk.ticking import Ticking
from lianzhi.domains.enforcement.desk.vanishing import Vanishing
from lianzhi.domains.enforcement.desk.visits import Visits
from lianzhi.domains.enforcement.desk.watch import Watch
from lianzhi.domains.enforcement.importing.town_files import stored_name
from lianzhi.domains.enforcement.rulebook.rulebook import Rulebook
from lianzhi.office.files import Files
from lianzhi.office.uploads import Uploads


class Desk:
    """See module; one for each deployment. Thread-safe: the record serialises what is written."""

    def __init__(self, means: Means) -> None:
        rules = Rulebook(means.home / "enforcement")
        self.office = Office(means.ledger, means.home, means.now, rules, means.office)
        self.files = Files(means.home)
        self.uploads = Uploads(means.home / "enforcement" / "uploads", stored_name)
        self.uploads.sweep(means.now())
        self.registers = Registers(self.office)
        self.penalties = Penalties(self.office)
        self.spot = Spot(self.office, self.penalties)
        self.hands = Hands(self.office)
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
        self._ticking = Ticking(self.office, self.requests)
        self._vanishing = Vanishing(self.office, self.files)
        self.exports = Exports(self.office, self.requests)
        self.figures = Figures(self.office, self.requests, self.exports.due)

    def tick(self) -> int:
        """Sweep what nobody confirmed and files that no entry names, and tell what became known by
        the passing of time; returns how many entries. See `Ticking`."""
        self.uploads.sweep(self.office.now())
        self.requests.rotas.pending.sweep()
        self.requests.maps.pending.sweep()
        if self.files.has_leftovers():
            with self.office.batch():  # so that nobody names a file meanwhile
                self.files.remove_leftovers(names(self.office))
        return self._ticking.tick()

    def retained(self, account: str) -> str:
        """Why the law keeps what there is of somebody; empty: it does not. See `Vanishing`."""
        return self._vanishing.retained(account)

    def erase(self, account: str) -> int:
        """Drop the files of somebody's cases; returns how many. See `Vanishing`. Rotas that wait
        go with them, whomever they name."""
        self.requests.rotas.pending.sweep(whole=True)
        return self._vanishing.erase(account)
