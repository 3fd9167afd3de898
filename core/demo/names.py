"""Fictitious people and firms: common names put together at random, numbers that nobody has."""

from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split(","))


_WOMEN = _words("""
    Agnieszka Aleksandra Alicja Anna Barbara Beata Bożena Danuta Dorota Elżbieta Emilia Ewa Grażyna Halina Hanna
    Irena Iwona Jadwiga Janina Joanna Jolanta Justyna Karolina Katarzyna Krystyna Lucyna Magdalena Małgorzata Maria
    Marta Monika Natalia Patrycja Renata Stanisława Sylwia Teresa Urszula Wanda Weronika Wiesława Zofia
""")
_MEN = _words("""
    Adam Andrzej Artur Bartosz Bogdan Czesław Dariusz Edward Grzegorz Henryk Jacek Jakub Jan Janusz Jerzy Józef
    Kamil Kazimierz Krzysztof Leszek Łukasz Maciej Marcin Marek Mariusz Michał Mirosław Paweł Piotr Rafał Robert
    Roman Ryszard Sebastian Sławomir Stanisław Stefan Tadeusz Tomasz Waldemar Wiesław Wojciech Zbigniew Zdzisław
""")
# A name in -ski or -cki has a feminine form in -ska or -cka; the others are the same for everybody.
_SURNAMES = _words("""
    Adamski Baran Błaszczyk Borkowski Brzeziński Chmielewski Cieślak Czarnecki Czerwiński Dudek Duda Gajewski
    Głowacki Górecki Górski Grabowski Jabłoński Jakubowski Jankowski Jasiński Jaworski Kaczmarek Kalinowski
    Kaźmierczak Kołodziej Konieczny Kozłowski Krajewski Krawczyk Król Kubiak Kucharski Kwiatkowski Laskowski Lis
    Maciejewski Majewski Makowski Malinowski Marciniak Mazur Michalak Mikołajczyk Mróz Nowakowski Olszewski
    Ostrowski Pawlak Pawłowski Pietrzak Piotrowski Przybylski Rogalski Rutkowski Sadowski Sawicki Sikora Sikorski
    Sobczak Sokołowski Stępień Szczepański Szewczyk Szulc Tomaszewski Urbański Walczak Wasilewski Wieczorek Wilk
    Wiśniewski Witkowski Włodarczyk Wojciechowski Wróbel Wróblewski Wysocki Zając Zakrzewski Zalewski Zawadzki
    Ziółkowski
""")
_TRADES = _words("""
    Piekarnia Kwiaciarnia Apteka Pasmanteria Księgarnia Pracownia Zakład Galeria Drukarnia Kawiarnia Cukiernia Optyk
    Introligatornia Tapicernia Antykwariat Ramiarnia
""")
_SIGNS = _phrases("""
    Pod Kasztanem, Na Rogu, Zielona Brama, Stara Przędza, Białe Czółenko, Złote Wrzeciono, Cicha Sień, Nowy Splot,
    Trzecie Podwórko, Czerwona Cegła, Mała Tkalnia, Jasny Parter
""")
_FORMS = ("sp. z o.o.", "sp.j.", "s.c.")

_PLAIN = str.maketrans("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", "acelnoszzACELNOSZZ")
_NIP_WEIGHTS = (6, 5, 7, 2, 3, 4, 5, 6, 7)


def person(rng: Random) -> str:
    """First name and surname, agreeing in gender."""
    surname = rng.choice(_SURNAMES)
    if rng.random() < 0.56:
        if surname.endswith(("ski", "cki", "ny")):
            surname = surname[:-1] + "a"
        return f"{rng.choice(_WOMEN)} {surname}"
    return f"{rng.choice(_MEN)} {surname}"


def company(rng: Random) -> str:
    """A small business of a tenement's ground floor."""
    return f"{rng.choice(_TRADES)} „{rng.choice(_SIGNS)}” {rng.choice(_FORMS)}"


def nip(rng: Random) -> str:
    """A tax number whose check digit is right. The prefix 999 belongs to no tax office."""
    while True:
        digits = [9, 9, 9, *(rng.randrange(10) for _ in range(6))]
        check = sum(weight * digit for weight, digit in zip(_NIP_WEIGHTS, digits, strict=True)) % 11
        if check < 10:
            return "".join(map(str, [*digits, check]))


def phone(rng: Random) -> str:
    """A telephone number that no network assigns: it begins with 000."""
    return f"000 {rng.randrange(1000):03d} {rng.randrange(1000):03d}"


def mailbox(name: str, number: int) -> str:
    """An address in a domain that cannot exist (RFC 2606)."""
    return f"{plain(name).lower().replace(' ', '.')}{number}@poczta.example"


def plain(text: str) -> str:
    """The text without Polish diacritics."""
    return text.translate(_PLAIN)


def bank_account_no(number: int) -> str:
    """The payment account of the tenancy with this number: valid check digits under the sort code 99900009."""
    body = f"999000094700{number:012d}"
    return f"{98 - int(body + '252100') % 97:02d}{body}"
