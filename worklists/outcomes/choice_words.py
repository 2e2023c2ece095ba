"""The words that people write for an outcome or a channel: ours in any language, and what else is usual."""

from collections.abc import Iterable

from configs.language import in_any_language, translated
from configs.near_names import nearest
from ledger.declarations import Column

# German and English, since those are what the worklist speaks; a language of its own adds its words here.
USUAL_WORDS: dict[str, dict[str, str]] = {
    "outcome": {
        "no_answer": "n.a., n/a, n.e., na, not reached, not available, no reply, did not answer, didn't "
        "answer, unanswered, rang out, busy, engaged, nicht angetroffen, nicht abgenommen, nicht da, keine Antwort, "
        "niemand erreicht, keiner da, besetzt, nimmt nicht ab, geht nicht ran, unerreicht, nicht erreichbar",
        "reached": "spoke, spoken, talked, contacted, answered, ok, gesprochen, besprochen, angetroffen, kontaktiert, "
        "telefoniert",
        "promise": "promised, promise to pay, ptp, will pay, promises payment, zugesagt, Zusage, zahlt, wird zahlen, "
        "Zahlung zugesagt, Zahlungsversprechen, verspricht Zahlung, Zahlungsankündigung",
        "dispute": "disputed, disputes, complaint, complains, claim, contested, reklamiert, Beschwerde, bestritten, "
        "bestreitet, strittig, Einwand, Beanstandung, beanstandet, Klärung, Klärungsfall",
        "refused": "refuses, refusal, will not pay, won't pay, declined, abgelehnt, lehnt ab, Ablehnung, verweigert "
        "Zahlung, zahlt nicht, will nicht zahlen",
        "bounced": "bounce, undeliverable, undelivered, returned, mail returned, nicht zustellbar, zurückgekommen, "
        "Rückläufer, kam zurück, Mail kam zurück, unbekannt verzogen, retour",
        "paid": "has paid, already paid, says paid, payment made, payed, gezahlt, hat gezahlt, hat bezahlt, schon "
        "bezahlt, bereits bezahlt, überwiesen, hat überwiesen, Zahlung erfolgt, angewiesen, beglichen",
        "call_back": "callback, call again, call back later, call later, recall, ring back, rückrufen, zurückrufen, "
        "ruft zurück, Rückruf vereinbart, Rückruf erbeten, bittet um Rückruf, nochmal anrufen, später anrufen, "
        "Wiedervorlage, WV",
        "wrong_contact": "wrong number, wrong person, wrong address, wrong phone number, invalid number, number not in "
        "service, falsche Nummer, falsche Rufnummer, Nummer falsch, kein Anschluss, falsche Person, nicht zuständig, "
        "falscher Kontakt, falsche Adresse, falscher Ansprechpartner",
        "left_message": "left a message, message left, message, voicemail, voice mail, vm, left voicemail, answering "
        "machine, mailbox, AB, AB besprochen, auf AB gesprochen, Anrufbeantworter, Mailbox besprochen, Nachricht, "
        "Nachricht auf AB, Voicemail hinterlassen, auf Band gesprochen, "
        # A mail or a letter that went out is a message that was left: no one knows yet what comes of it.
        "sent, mailed, mail sent, email sent, sent email, sent mail, letter sent, sent letter, reminder sent, "
        "sms sent, text sent, written, gesendet, gesandt, versendet, versandt, geschickt, verschickt, "
        "abgeschickt, geschrieben, angeschrieben, gemailt, Mail gesendet, Mail geschickt, Mail verschickt, "
        "E-Mail gesendet, E-Mail geschickt, "
        "E-Mail versandt, Mail raus, Brief raus, Brief gesendet, Brief geschickt, Brief verschickt, Brief versandt, "
        "SMS gesendet, SMS geschickt, Mahnung verschickt, Mahnung versandt, Mahnung raus, Erinnerung verschickt",
        "not_worked": "not contacted, not called, not sent, nothing done, mistake, by mistake, void, delete, deleted, "
        "wrong row, nicht kontaktiert, nicht angerufen, nicht gesendet, nicht verschickt, Irrtum, Fehler, irrtümlich, "
        "storniert, Storno, löschen, gelöscht, falsche Zeile",
    },
    "contacted_by": {
        "email": "mail, e-mail, e mail, per mail",
        "sms": "text, text message, text msg, whatsapp, Kurznachricht",
        "call": "phone, phone call, called, telephone, tel, by phone, Telefon, telefonisch, Telefonat, angerufen, per "
        "Telefon",
        "letter": "post, by post, mailed letter, schriftlich, per Post, per Brief, Einschreiben",
        "visit": "in person, on site, vor Ort, persönlich, Hausbesuch",
    },
}
LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def plain_word(word: str) -> str:
    """A word without case, blanks and marks, and with its letters as a keyboard without umlauts writes them."""
    return "".join(letter for letter in word.casefold().translate(LETTERS) if letter.isalnum())


def words_of(column: Column) -> dict[str, str]:
    """The choice that each known word stands for, by the plain word; where two could, ours come first."""
    usual = USUAL_WORDS.get(column.name, {})
    found = {plain_word(word): code for code, words in usual.items() for word in words.split(",")}
    return found | {plain_word(word): code for word, code in in_any_language(column.choices).items()}


def choice_of(text: str, words: dict[str, str]) -> str | None:
    """The choice that a text stands for; None where it is none of the known words."""
    return words.get(plain_word(text))


def likely_choice(text: str, words: dict[str, str]) -> str | None:
    """What was probably meant, in the language that is spoken; None where nothing is close."""
    near = nearest(plain_word(text), words)
    return translated(words[near]) if near is not None else None


def spoken_choices(codes: Iterable[str]) -> str:
    """The choices in the language that is spoken, as a list in a sentence."""
    return ", ".join(translated(code) for code in codes)
