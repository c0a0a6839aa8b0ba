"""What a firm told about itself in a conversation, and which partnerships it was shown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Firm:
    """Only what the reader said; an empty field was not told."""

    sectors: tuple[str, ...] = ()
    """Of `vocabulary.ECOSYSTEMS`, the likeliest first."""
    about: str = ""
    """What partnerships for such a trade work on, in English: chooses among those of one ecosystem."""
    sector_words: str = ""
    countries: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2, of the whole world."""
    place_words: str = ""
    size: int | None = None
    """People who work there."""
    size_words: str = ""
    need: tuple[str, ...] = ()
    """Other words of the wish that tell a subject, skills for instance."""

    @property
    def words(self) -> tuple[str, ...]:
        """What was understood, in the reader's words."""
        told = (self.sector_words, self.place_words, self.size_words)
        return tuple(dict.fromkeys(words for words in told if words))

    def updated(self, later: "Firm") -> "Firm":
        """This firm with what it told later; sector, place and size are each taken as a whole."""
        trade = later if later.sectors or later.sector_words else self
        place = later if later.countries or later.place_words else self
        count = later if later.size is not None else self
        return Firm(
            sectors=trade.sectors,
            about=trade.about,
            sector_words=trade.sector_words,
            countries=place.countries,
            place_words=place.place_words,
            size=count.size,
            size_words=count.size_words,
            need=later.need or self.need,
        )


@dataclass(frozen=True, slots=True)
class Advised:
    """What the next turn may lean on."""

    firm: Firm
    shown: tuple[str, ...] = ()
    """References of the partnerships and Blueprints that were shown, in their order."""
    asked_sector: bool = False
    """Whether the reply asked for the sector."""
    drafting: bool = False
    """Whether the reply was a draft, which the next message may fill in."""
