"""Public holidays as dates, from the pinned `holidays` package; names are for people only."""

import warnings
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from holidays import country_holidays, list_supported_countries

from libs.common.errors import UnprocessableError

# Of the names, wherever the package has them; else the country's own.
LANGUAGE = "en_US"
_YEARS_CACHED_MAX = 4_096


@lru_cache(maxsize=1)
def subdivisions_by_country() -> Mapping[str, tuple[str, ...]]:
    """Every country whose holidays are known, by its two letters, with its known parts."""
    return {
        country: tuple(parts)
        for country, parts in list_supported_countries().items()
        if len(country) == len("DE")
    }


@lru_cache(maxsize=_YEARS_CACHED_MAX)
def holidays_in(country: str, subdivision: str | None, year: int) -> Mapping[date, str]:
    """The name of each public holiday of one year, by date, the same on every machine.

    Holidays that are proclaimed year by year are known only as far ahead as the package knows
    them. Raises UnprocessableError when it does not know the place.
    """
    with warnings.catch_warnings():
        # It warns of years for which it knows the fixed holidays only.
        warnings.simplefilter("ignore")
        try:
            # What is not said in a language is said in that of the machine's settings.
            place = country_holidays(country, subdiv=subdivision)
            is_translated = LANGUAGE in place.supported_languages
            language = LANGUAGE if is_translated else place.default_language
            named = country_holidays(country, subdiv=subdivision, years=year, language=language)
            return dict(named)
        except NotImplementedError as error:
            code = f"{country}-{subdivision}" if subdivision else country
            problem = f"holidays of {code}: not in the pinned holidays package"
            raise UnprocessableError(problem) from error
