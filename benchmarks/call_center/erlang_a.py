"""Erlang-A (M/M/n+M): the queue with patience in closed form, stable for any size.

Calls arrive at random at rate lambda, n equal agents end them at rate mu each, and whoever waits
hangs up at rate theta. The number of calls inside is a birth-death process. Its distribution is
kept as logarithms, so neither hundreds of agents nor heavy overload over- or underflow.

The *offered wait* V is how long a caller of endless patience would wait: 0 when an agent is free,
else the time until all who are ahead have left, at rates n mu + i theta. A caller of patience R
waits min(V, R) and hangs up when R < V. R need not have the same rate as everybody's: `for_rate`
asks for one class among many under first come, first served.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp, expm1, fsum, inf, log

_NEGLIGIBLE_LOG = -46.0  # e^-46 is 1e-20, below what a float adds to 1.
_STATES_MAX = 1_000_000
_INTERVALS = 2_000


@dataclass(frozen=True, kw_only=True)
class ErlangA:
    """One steady state. Rates are per second; every result in seconds or as a share.

    Raises ValueError for rates that are not positive, or where more arrives than could ever leave.
    """

    agents: int
    arrivals: float
    services: float
    hang_ups: float

    def __post_init__(self) -> None:
        if self.agents < 0 or min(self.arrivals, self.services) <= 0 or self.hang_ups < 0:
            raise ValueError(f"not a queue: {self}")
        if self.hang_ups == 0 and self.arrivals >= self.agents * self.services:
            raise ValueError(f"no steady state without hang-ups: {self}")

    @cached_property
    def log_states(self) -> Sequence[float]:
        """The logarithm of the probability of 0, 1, 2 ... calls inside."""
        logs = [0.0]
        highest = 0.0
        while logs[-1] > highest + _NEGLIGIBLE_LOG or self._departures(len(logs)) < self.arrivals:
            if len(logs) > _STATES_MAX:
                raise OverflowError(f"more than {_STATES_MAX} states: {self}")
            logs.append(logs[-1] + log(self.arrivals) - log(self._departures(len(logs))))
            highest = max(highest, logs[-1])
        total = highest + log(fsum(exp(one - highest) for one in logs))
        return [one - total for one in logs]

    @property
    def wait_probability(self) -> float:
        """The share of callers who find nobody free."""
        return min(1.0, fsum(exp(one) for one in self.log_states[self.agents :]))

    @property
    def abandonment(self) -> float:
        """The share of callers who hang up."""
        return self.hang_ups * self.mean_wait_s

    @property
    def mean_wait_s(self) -> float:
        """The mean wait of all callers, however it ends."""
        return self.waiting / self.arrivals

    @property
    def waiting(self) -> float:
        """How many wait, on average."""
        beyond = self.log_states[self.agents :]
        return fsum(number * exp(one) for number, one in enumerate(beyond))

    @property
    def occupancy(self) -> float:
        """The share of the agents' time in calls; NaN without agents."""
        carried = self.arrivals * (1 - self.abandonment) / self.services
        return carried / self.agents if self.agents else float("nan")

    def wait_tail(self, time_s: float) -> float:
        """The share of callers who wait longer than this before they are answered or hang up."""
        return exp(-self.hang_ups * time_s) * self.offered_wait_tail(time_s)

    def offered_wait_tail(self, time_s: float) -> float:
        """The share of callers who, had they endless patience, would wait longer than this."""
        if self.agents == 0:
            return 1.0
        log_start = self._log_state(self.agents) + log(self.agents * self.services)
        peak_s = max(time_s, self._peak_s())
        highest = self._log_density(peak_s)
        end_s = peak_s + 1 / (self.agents * self.services)
        while self._log_density(end_s) > highest + _NEGLIGIBLE_LOG:
            end_s = time_s + 2 * (end_s - time_s)
        area = _simpson(
            (exp(self._log_density(at_s) - highest) for at_s in _grid(time_s, end_s)),
            width=(end_s - time_s) / _INTERVALS,
        )
        return min(1.0, exp(log_start + highest + log(area)))

    def for_rate(self, hang_ups: float) -> "OfOneClass":
        """The same queue for one class of callers who hang up at this rate instead."""
        return OfOneClass(
            abandonment=self._sooner_than_offered_wait(hang_ups),
            mean_wait_s=self._sooner_than_offered_wait(hang_ups) / hang_ups,
        )

    def _sooner_than_offered_wait(self, rate: float) -> float:
        """P(R < V) for R exponential: 1 - E[exp(-rate V)], summed over the calls found inside."""
        hang_ups, log_reached = 0.0, 0.0
        for ahead, log_state in enumerate(self.log_states[self.agents :]):
            leaving = self.agents * self.services + ahead * self.hang_ups
            log_reached += log(leaving / (leaving + rate)) if leaving > 0 else -inf
            hang_ups += exp(log_state) * -expm1(log_reached)
        return hang_ups

    def _departures(self, inside: int) -> float:
        """The rate at which calls leave when so many are inside."""
        served = min(inside, self.agents)
        return served * self.services + (inside - served) * self.hang_ups

    def _log_state(self, inside: int) -> float:
        return self.log_states[inside] if inside < len(self.log_states) else -inf

    def _log_density(self, at_s: float) -> float:
        """V's density over its value at 0, as a logarithm: arrivals while waiting, less departures.

        The callers ahead of one who arrived `at_s` ago and has not been served are those who
        arrived before and would not have hung up since.
        """
        theta = self.hang_ups
        stayed_s = -expm1(-theta * at_s) / theta if theta else at_s
        return self.arrivals * stayed_s - self.agents * self.services * at_s

    def _peak_s(self) -> float:
        """Where that density is greatest: later than 0 only under overload."""
        load = self.arrivals / (self.agents * self.services)
        return log(load) / self.hang_ups if load > 1 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OfOneClass:
    """What one class of callers meets: the share that hangs up and the mean wait of all of it."""

    abandonment: float
    mean_wait_s: float


def _grid(from_s: float, to_s: float) -> Iterable[float]:
    step_s = (to_s - from_s) / _INTERVALS
    return (from_s + number * step_s for number in range(_INTERVALS + 1))


def _simpson(values: Iterable[float], *, width: float) -> float:
    """The area under an odd number of equally wide points, by Simpson's rule."""
    listed = list(values)
    inner = 4 * fsum(listed[1:-1:2]) + 2 * fsum(listed[2:-1:2])
    return width / 3 * (listed[0] + inner + listed[-1])
