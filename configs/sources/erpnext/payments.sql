-- Money in and back. What was set against an invoice when it was entered is a payment of the invoice; the rest came on
-- account, and `adjustments.sql` says what it was used for later.
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
),
-- Rows of a voucher against another document: `lowered` is how much less is open of it.
applied as (
    select
        entry.voucher_no, entry.against_voucher_no, entry.party, entry.currency, entry.posted_on,
        -entry.owed as lowered,
        voucher.role, voucher.loss, voucher.method,
        case when voucher.role <> 'cash' and entry.known_on = voucher.first_entry_on
            then voucher.known_on else entry.known_on end as known_on,
        -- Money of its first day, and money that is cancelled, is a payment; what was set against a document in between
        -- is money on account that was used.
        voucher.role = 'cash' and (entry.known_on = voucher.known_on or (day.owed <> 0
            and entry.known_on > voucher.first_entry_on)) as is_payment,
        entry.known_on as entered_on
    from entries entry
    join vouchers voucher
        on voucher.voucher_type = entry.voucher_type and voucher.voucher_no = entry.voucher_no
        and voucher.party = entry.party and voucher.currency = entry.currency
    join days day
        on day.voucher_type = entry.voucher_type and day.voucher_no = entry.voucher_no
        and day.party = entry.party and day.currency = entry.currency and day.known_on = entry.known_on
    where entry.voucher_no <> entry.against_voucher_no or entry.voucher_type <> entry.against_voucher_type
),
short as (
    -- What a payment settled beyond the money that came: a discount or a small loss, by the account that it went to.
    select
        deduction.parent as voucher_no,
        sum(deduction.amount) as amount,
        case when bool_or(account.root_type = 'Income') then 'discount' else 'write_off' end as kind
    from deduction
    join payment on payment.name = deduction.parent
    left join account on account.name = deduction.account
    left join company on company.name = payment.company
    where deduction.account is distinct from company.exchange_gain_loss_account
    group by deduction.parent
    having sum(deduction.amount) > 0
),
settled as (
    -- The money of a payment counts first; what goes beyond it is the deduction.
    select
        applied.*,
        short.kind as short_kind,
        case when is_payment and lowered > 0 and short.amount is not null
            then greatest(0, least(lowered, short.amount - coalesce(sum(lowered) over later, 0))) else 0 end as not_paid
    from applied
    left join short on short.voucher_no = applied.voucher_no and applied.role = 'cash'
    window later as (
        partition by applied.voucher_no, applied.is_payment
        order by applied.against_voucher_no desc, applied.entered_on desc
        rows between unbounded preceding and 1 preceding
    )
),
direct as (
    select * from settled where is_payment
),
on_account as (
    select
        day.voucher_no, day.party, day.currency, voucher.posted_on, voucher.method, day.known_on as entered_on,
        case when day.known_on = voucher.first_entry_on then voucher.known_on else day.known_on end as known_on,
        -day.owed - coalesce(direct.lowered, 0) as amount
    from days day
    join vouchers voucher
        on voucher.voucher_type = day.voucher_type and voucher.voucher_no = day.voucher_no
        and voucher.party = day.party and voucher.currency = day.currency and voucher.role = 'cash'
    left join (
        select voucher_no, party, currency, entered_on, sum(lowered) as lowered from direct group by all
    ) direct
        on direct.voucher_no = day.voucher_no and direct.party = day.party and direct.currency = day.currency
        and direct.entered_on = day.known_on
)
select
    voucher_no || '|' || against_voucher_no || '|' || entered_on as payment_id,
    against_voucher_no as invoice_id,
    party as customer_id,
    posted_on as paid_on,
    lowered - not_paid as amount,
    currency,
    method,
    known_on,
    voucher_no as _origin
from direct
where lowered <> not_paid
union all
select
    voucher_no || '|' || party || '|' || entered_on, null, party, posted_on, amount, currency, method, known_on,
    voucher_no
from on_account
where amount <> 0
