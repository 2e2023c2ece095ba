-- What was billed: sales invoices, credit notes (returns), and journal entries that stand alone, opening balances say.
with
-- The same in each query of this source: what the payment ledger has of a voucher against a document on a day of entry.
-- A cancelled row stays, marked `delinked`, and its opposite is written, marked likewise: all of them added up by the
-- day of entry are the past as it was known. Differences of exchange rates have no amount in the account's currency.
entries as (
    select
        voucher_type, voucher_no, against_voucher_type, against_voucher_no, party, account_currency as currency,
        creation::date as known_on,
        min(posting_date) as posted_on,
        max(due_date) as due_on,
        sum(amount_in_account_currency) as owed
    from ledger
    where account_type = 'Receivable' and party_type = 'Customer'
        -- Reconciling deletes rows and writes them again; some loaders keep the deleted ones, marked as such.
        and coalesce(lower(deleted), '') in ('', 'false', 'f', '0')
    group by all
    having sum(amount_in_account_currency) <> 0
),
journals as (
    -- What is on the other side of a journal entry; a loss where it is booked as one.
    select
        journal.name,
        min(journal.creation)::date as created_on,
        bool_or(account.account_type in ('Bank', 'Cash')) as is_money,
        case
            when bool_or(journal.voucher_type = 'Write Off Entry') or bool_or(account.root_type = 'Expense')
                then 'write_off'
            when bool_or(account.root_type = 'Income') then 'discount'
        end as loss
    from journal
    join journal_account on journal_account.parent = journal.name
    left join account on account.name = journal_account.account
    group by journal.name
),
vouchers as (
    select
        entry.voucher_type, entry.voucher_no, entry.party, entry.currency,
        min(entry.posted_on) as posted_on,
        -- Reconciling may write the rows of a payment anew: its document knows when it came, if it was no draft for
        -- long.
        least(min(entry.known_on), greatest(
            coalesce(min(payment.creation)::date, min(journals.created_on), min(entry.known_on)), min(entry.posted_on)
        )) as known_on,
        min(entry.known_on) as first_entry_on,
        any_value(payment.mode_of_payment) as method,
        any_value(journals.loss) as loss,
        case
            when entry.voucher_type = 'Payment Entry' or bool_or(journals.is_money) then 'cash'
            when any_value(journals.loss) is not null then 'loss'
            else 'document'
        end as role
    from entries entry
    left join payment on entry.voucher_type = 'Payment Entry' and payment.name = entry.voucher_no
    left join journals on entry.voucher_type = 'Journal Entry' and journals.name = entry.voucher_no
    group by entry.voucher_type, entry.voucher_no, entry.party, entry.currency
),
days as (
    -- What a voucher came to on a day: its amount on the first, later only where it was cancelled.
    select voucher_type, voucher_no, party, currency, known_on, sum(owed) as owed
    from entries
    group by all
),
documents as (
    -- A journal entry that only sets a credit note against an invoice comes to nothing: it is no document.
    select voucher.*, day.owed
    from vouchers voucher
    join days day
        on day.voucher_type = voucher.voucher_type and day.voucher_no = voucher.voucher_no
        and day.party = voucher.party and day.currency = voucher.currency and day.known_on = voucher.first_entry_on
    where voucher.role = 'document' and day.owed <> 0
)
select
    documents.voucher_no as invoice_id,
    documents.party as customer_id,
    case when documents.owed > 0 then 'invoice' else 'credit_note' end as kind,
    documents.posted_on as issued_on,
    coalesce(invoice.due_date, documents.posted_on) as due_on,
    documents.owed as amount,
    documents.currency,
    documents.known_on,
    documents.voucher_type || ' ' || documents.voucher_no as _origin
from documents
left join invoice on documents.voucher_type = 'Sales Invoice' and invoice.name = documents.voucher_no
union all
-- A loss that was set against nothing yet is a credit of the customer.
select
    entries.voucher_no || '#' || entries.known_on, entries.party,
    case when entries.owed > 0 then 'invoice' else 'credit_note' end,
    entries.posted_on, entries.posted_on, entries.owed, entries.currency, entries.known_on,
    entries.voucher_type || ' ' || entries.voucher_no
from entries
join vouchers
    on vouchers.voucher_type = entries.voucher_type and vouchers.voucher_no = entries.voucher_no
    and vouchers.party = entries.party and vouchers.currency = entries.currency
where vouchers.role = 'loss' and entries.voucher_no = entries.against_voucher_no
