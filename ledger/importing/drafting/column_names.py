"""What the name of a column, a file or a document type says, in the languages of the people who name them."""

import re
import unicodedata
from functools import cache

# English, German, French, Spanish, Italian, Dutch, Portuguese and Polish, in small letters without accents.
WORDS = {
    "invoice": "invoice invoices inv bill bills rechnung rechnungen rechnungs faktura faktur fakturen rg re facture "
    "factures fact fac factura facturas fattura fatture factuur facturen fatura faturas faktury fakture",
    "document": "document documents doc beleg belege voucher transaction transactions trx tx entry entries "
    "buchung buchungs piece ecriture documento documentos asiento movimento registrazione boeking boekstuk lancamento "
    "dokument dokumentu item items posten op",
    "payment": "payment payments pay pmt paid receipt receipts received settled settlement cleared clearing cash "
    "zahlung zahlungen zahlungs zahl bezahlt zahlungseingang eingang ausgleich ausgleichs ausgeglichen paiement "
    "paiements reglement reglements regle paye encaissement lettrage pago pagos pagado cobro cobros cobrado "
    "pagamento pagamenti pagato incasso incassi incassato betaling betalingen betaald betaal ontvangst ontvangen "
    "voldaan pagamentos pago recebimento recebimentos recebido liquidacao platnosc platnosci wplata wplaty zaplata "
    "zaplaty zaplacono remittance remittances collection collections",
    "customer": "customer customers cust client clients clientid debtor debtors buyer payer billto soldto kunde kunden "
    "kundin debitor debitoren kd deb geschaftspartner cliente clientes cli klant klanten debiteur debiteuren afnemer "
    "klient klienta klienci kontrahent kontrahenta kontrahenci nabywca nabywcy odbiorca deudor debitore debitori "
    "debiteurs redevable tiers partner partners party acheteur",
    "account": "account accounts acct acc konto kontos kto compte comptes cuenta cuentas conto rekening conta contas",
    "number": "number numbers no nr num nbr id ids code codes key keys nummer nummern kennung schluessel schlussel "
    "numero numeros n numer numeru kod codigo codice sleutel identifier identifiant identificador uuid guid",
    "name": "name names nom noms nombre nome naam namen nazwa nazwy company firma unternehmen societe empresa azienda "
    "bedrijf bedrijfsnaam denominacion denominazione",
    "date": "date dates datum day days dat dt tag fecha fechas data datas dzien jour dia giorno dag on at am time "
    "timestamp",
    "issued": "issued issue issuance billing billed emission emisji wystawienia emissao emision emissione "
    "ausstellungs ausstellung created creation erstellt uitgifte",
    "posted": "posted posting booked booking gebucht buchungs comptabilisation contable contabile boekings ksiegowania "
    "contabilizacao valuta value wert wertstellung valeur valor valuta",
    "due": "due vto vcto fallig falligkeit falligkeits "
    "faelligkeit faelligkeits faellig falligkeitsdatum netto_fallig echeance "
    "echeances exigibilite vencimiento vence vencimientos scadenza scadenze scade verval vervaldatum vervaldag "
    "vencimento maturity deadline zahlbar terminplatnosci wymagalnosci",
    "amount": "amount amounts amt betrag betrage betraege summe montant montants somme importe importes importo "
    "importi bedrag bedragen valor valores kwota kwoty wartosc total totals totale totaal gesamt gesamtbetrag gross "
    "brutto bruto brut ttc lordo sum value wert umsatz betragin ammontare suma",
    "open": "open outstanding balance remaining residual unpaid offen offener offene rest restbetrag saldo solde "
    "restant reste pendiente restante openstaand openstaande pozostalo aberto residuo due_amount",
    "net": "net netto net_amount ht imponibile neto subtotal untaxed liquido excl",
    "tax": "tax taxes vat mwst ust steuer steuern tva iva btw imposto podatek gst",
    "discount": "discount discounts skonto rabatt remise escompte descuento sconto korting desconto rabat",
    "local": "local lc hauswahrung hw house base functional",
    "currency": "currency currencies curr cur ccy waehrung wahrung wahrungs waehrungs whg devise devises monnaie "
    "moneda divisa valuta munt moeda waluta waluty iso",
    "type": "type types typ art kind class belegart tipo tipos soort rodzaj category transactiontype sens",
    "debit": "debit debits debe dare debet debito soll winien wn dr",
    "credit": "credit credits haber avere credito haben ma cr habe",
    "sign": "sh dc drcr sollhaben debitcredit shkzg indicator kennzeichen sens",
    "terms": "terms term zahlungsbedingung zahlungsbedingungen zahlungsziel bedingung conditions condition condiciones "
    "condizioni termini betalingstermijn betalingsconditie condicoes warunki ziel prazo plazo delai",
    "country": "country countries land pays pais paese kraj countrycode landcode cty",
    "email": "email mail emails courriel correo eposta",
    "phone": "phone telephone tel telefon telefono telefone telefoon mobile handy",
    "limit": "limit kreditlimit limite plafond fido kredietlimiet",
    "method": "method mode methode metodo zahlungsart zahlart zahlweg forma wijze sposob methodofpayment",
    "reference": "reference references ref refs bezug referenz zuordnung referencia riferimento referentie referencja "
    "applied applies aplicado aplicada aplica applicato applique related rif lettre origin original",
    "industry": "industry branche sector secteur settore sectoren branza segment",
    "parent": "parent group konzern mutter groupe grupo gruppo groep",
    "line": "line lines zeile zeilen position pos ligne linea linha riga regel pozycja quantity qty menge sku article "
    "artikel produkt product unit price preis prix prezzo precio",
    "text": "text description beschreibung descripcion descrizione omschrijving descricao opis memo comment comments "
    "note notes bemerkung libelle remark remarks concept",
    "credit_note": "creditnote creditmemo creditnotes gutschrift gutschriften avoir avoirs notacredito notadecredito "
    "abono rectificativa notacredito creditnota korekta korygujaca refund refunds",
    "status": "status state zustand etat estado stato staat",
    "sales": "sales verkaufe customers_ledger receivable receivables debitorenposten clienti vendas ventas",
    "stop": "of the for to de des du der die das la le les el los il lo di da do da d l het van dos e",
}  # fmt: skip
# Two or three words that are one.
PHRASES = {
    "due date": "due date", "net due": "due", "termin platnosci": "due", "data platnosci": "payment date",
    "sold to": "customer", "bill to": "customer", "ship to": "customer", "razon social": "name",
    "ragione sociale": "name", "raison sociale": "name", "razao social": "name", "soll haben": "sign",
    "debit credit": "sign",
    "credit note": "creditnote", "credit memo": "creditnote", "nota credito": "creditnote",
    "nota de credito": "creditnote",
    "nota di credito": "creditnote", "credit limit": "limit", "limite de credit": "limit", "limite de credito": "limit",
    "limit kredytowy": "limit", "fully paid": "payment", "due amount": "open amount", "amount due": "open amount",
    "reste a payer": "open amount", "doc type": "type", "date due": "due date", "a payer le": "due date",
    "payment terms": "terms", "conditions de paiement": "terms", "condiciones de pago": "terms",
    "warunki platnosci": "terms",
    "condizioni di pagamento": "terms", "condicoes de pagamento": "terms", "days to pay": "terms",
    "payment method": "method",
    "mode de paiement": "method", "mode de reglement": "method", "forma de pago": "method",
    "metodo di pagamento": "method", "sposob platnosci": "method",
    "payment type": "method", "due in": "terms", "net days": "terms", "forma de pagamento": "method",
    "data de pagamento": "payment date",
    "fecha de pago": "payment date", "date de paiement": "payment date", "data pagamento": "payment date",
}  # fmt: skip
_CONCEPT = {word: concept for concept, words in WORDS.items() for word in words.split()}
# A word that two things are called by is what its other words and its cells make of it.
_SEVERAL = {
    "valuta": {"currency", "posted"},
    "valor": {"amount"},
    "value": {"amount"},
    "wert": {"amount"},
    "buchungs": {"posted"},
}
LINKS = ("", "s", "n", "es", "e")
SHORTEST_PART, SHORTEST_END = 3, 5

# What a column can be: the concepts that make it so, with points, and those that it must not have.
ROLES: dict[str, tuple[list[tuple[set[str], int]], set[str]]] = {
    "invoice_id": (
        [({"invoice", "number"}, 12), ({"document", "number"}, 9), ({"invoice"}, 8), ({"document"}, 6), ({"number"}, 5),
         ({"reference"}, 3)],
        {"date", "amount", "due", "customer", "type", "payment", "line", "name", "currency", "text", "terms", "status",
         "account", "tax", "country", "credit_note", "parent", "email", "phone"},
    ),
    "customer_id": (
        [({"customer", "number"}, 12), ({"customer", "account"}, 11), ({"customer"}, 9), ({"account", "number"}, 7),
         ({"account"}, 6), ({"customer", "name"}, 4)],
        {"date", "amount", "type", "due", "invoice", "country", "limit", "currency", "email", "phone", "text", "terms",
         "method", "parent", "tax", "status", "industry", "open"},
    ),
    "own_id": ([({"number"}, 8), ({"account"}, 5)], {"date", "amount", "line", "tax", "type", "country",
        "phone", "parent", "name"}),
    "name": (
        [({"customer", "name"}, 12), ({"name"}, 8), ({"customer"}, 3)],
        {"date", "amount", "number", "type", "country", "email", "phone", "currency", "due", "invoice", "line",
         "industry", "status", "account"},
    ),
    "issued_on": (
        [({"invoice", "date"}, 12), ({"document", "date"}, 10), ({"issued", "date"}, 10), ({"issued"}, 8),
         ({"posted", "date"}, 7), ({"date"}, 6), ({"invoice"}, 3), ({"posted"}, 4)],
        {"due", "payment", "amount", "discount", "terms", "number"},
    ),
    "due_on": ([({"due", "date"}, 12), ({"due"}, 11), ({"terms", "date"}, 5)], {"amount", "discount", "payment",
    "open"}),
    "amount": (
        [({"invoice", "amount"}, 12), ({"document", "amount"}, 10), ({"amount"}, 9), ({"open", "amount"}, 3),
        ({"open"}, 2),
         ({"invoice"}, 3)],
        {"payment", "tax", "limit", "discount", "date", "number", "debit", "credit"},
    ),
    "paid_on": (
        [({"payment", "date"}, 12), ({"payment"}, 9), ({"posted", "date"}, 5), ({"posted"}, 5)],
        {"due", "amount", "terms", "discount", "number", "method", "invoice", "type", "status"},
    ),
    "paid_amount": ([({"payment", "amount"}, 12), ({"payment"}, 6)], {"due", "date", "discount", "number",
    "open", "type", "method", "status", "document", "reference"}),
    "payment_id": (
        [({"payment", "number"}, 12), ({"payment", "document"}, 10), ({"document", "number"}, 8),
        ({"number"}, 6), ({"payment"}, 6),
         ({"document"}, 5)],
        {"date", "amount", "customer", "type", "invoice", "method", "terms", "account", "due", "line",
        "currency", "name", "status", "reference"},
    ),
    "invoice_ref": (
        [({"reference", "invoice"}, 13), ({"invoice", "number"}, 12), ({"invoice"}, 9), ({"reference", "document"}, 8),
         ({"reference"}, 6), ({"reference", "number"}, 6)],
        {"date", "amount", "customer", "type", "due", "line", "name", "currency", "payment", "status"},
    ),
    "currency": ([({"currency"}, 10), ({"currency", "number"}, 9), ({"document", "currency"}, 11)], {"amount",
    "tax", "date", "local"}),
    "type": ([({"document", "type"}, 12), ({"invoice", "type"}, 11), ({"type"}, 9), ({"sign"}, 2)],
             {"customer", "date", "amount", "currency", "method", "account", "line"}),
    "debit": ([({"debit"}, 9), ({"debit", "amount"}, 11)], {"credit", "date", "number"}),
    "credit": ([({"credit"}, 9), ({"credit", "amount"}, 11)], {"debit", "date", "number", "limit", "terms"}),
    "sign": ([({"sign"}, 9), ({"debit", "credit"}, 9)], {"date", "amount"}),
    "terms": ([({"terms"}, 9), ({"terms", "date"}, 9), ({"payment", "terms"}, 10)],
    {"amount", "text"}),
    "country": ([({"country"}, 9), ({"country", "number"}, 9)], {"date", "name"}),
    "industry": ([({"industry"}, 9)], set()),
    "email": ([({"email"}, 9)], set()),
    "phone": ([({"phone"}, 9), ({"phone", "number"}, 9)], set()),
    "credit_limit": ([({"limit"}, 9), ({"limit", "amount"}, 9), ({"limit", "credit"}, 9)], {"date"}),
    "method": ([({"method"}, 9), ({"payment", "type"}, 8)], {"date", "amount"}),
}  # fmt: skip


def concepts(name: str) -> frozenset[str]:
    """What the words of a name mean; those that no one knows are `?`."""
    return _concepts(re.sub(r"\.(value|id)$", " id", name[:200]))  # how JSON names what another record is called by


@cache
def _concepts(name: str) -> frozenset[str]:
    plain = f" {' '.join(words_of(name))} "
    for phrase, meaning in sorted(PHRASES.items(), key=lambda one: -len(one[0])):
        plain = plain.replace(f" {phrase} ", f" {meaning} ")
    found: set[str] = set()
    for word in plain.split():
        found |= _meanings(word)
    return frozenset(found - {"stop"})


def words_of(name: str) -> list[str]:
    """The words of a name in small letters without accents: InvoiceNo. is invoice, no."""
    apart = re.sub(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Þ])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    folded = unicodedata.normalize("NFKD", apart.replace("ß", "ss").replace("ł", "l").replace("Ł", "L").casefold())
    letters = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return re.findall(r"[a-z]+|[0-9]+|№|°|#|%", letters.replace("°", " ").replace("#", " number "))


def role_points(role: str, name: str) -> float:
    """How much a column's name says that it has this role: 0 for not at all, about 12 for clearly."""
    have = concepts(name)
    wanted, forbidden = ROLES[role]
    if have & forbidden:
        return 0
    best = max(((points, len(need)) for need, points in wanted if need <= have), default=None)
    if best is None:
        return 0
    less = 3 if have & {"local", "net"} else 0
    less += 5 if role == "amount" and "open" in have else 0  # what is open today is not what was billed
    return max(best[0] - 1.0 * (len(have) - best[1]) - less, 0.5)


def _meanings(word: str) -> set[str]:
    if word in _SEVERAL:
        return _SEVERAL[word]
    if word in _CONCEPT:
        return {_CONCEPT[word]}
    if word.isdigit():
        return set()
    parts = _parts(word)
    if parts:
        return {meaning for part in parts for meaning in _meanings(part)}
    ends = [word[at:] for at in range(1, len(word) - SHORTEST_END + 1) if word[at:] in _CONCEPT]
    return {"?", _CONCEPT[ends[0]]} if ends else {"?"}


@cache
def _parts(word: str) -> tuple[str, ...] | None:
    """The known words that a compound such as rechnungsnummer is made of; None where it is not."""
    for length in range(len(word) - SHORTEST_PART + 1, SHORTEST_PART - 1, -1):
        head, rest = word[:length], word[length:]
        if head not in _CONCEPT:
            continue
        for link in LINKS:
            if not rest.startswith(link):
                continue
            tail = rest[len(link) :]
            if tail in _CONCEPT and len(tail) > 1:
                return (head, tail)
            if further := _parts(tail) if len(tail) > SHORTEST_PART else None:
                return (head, *further)
    return None
