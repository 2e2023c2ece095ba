-- Money in and back. What was applied in the posting that made the payment is a payment of the invoice; the rest came
-- on account, and `adjustments.sql` says what it was used for later, and what was undone.
with
direct as (
    select
        applied.detail, cash.entry_no as cash, document.entry_no as document, of_document.amount as amount,
        applied.amount as used, sign(document.owed) as sign
    from applied
    join entries cash on cash.entry_no = applied.entry_no and cash.role = 'cash'
    join entries document on document.entry_no = applied.against and document.role = 'document'
    join applied of_document on of_document.detail = applied.detail and of_document.entry_no = document.entry_no
    where applied.transaction_no = cash.transaction_no and applied.amount > 0
),
on_account as (
    select cash.entry_no, -cash.owed + sign(cash.owed) * coalesce(sum(direct.used), 0) as amount
    from entries cash
    left join direct on direct.cash = cash.entry_no
    where cash.role = 'cash'
    group by cash.entry_no, cash.owed
),
-- Rounding, tolerance and discounts that changed what is left of a payment, and losses that a refund balances.
changed as (
    select detail.entry_no as detail, cash.entry_no, -detail.amount as amount, detail.posting_date as posted_on,
        coalesce(detail.created_at::date, detail.posting_date) as known_on
    from detailed_cust_ledg_entry detail
    join entries cash on cash.entry_no = detail.cust_ledger_entry_no and cash.role = 'cash'
    where lower(detail.entry_type) not in ('initial entry', 'initial_x0020_entry', 'initial', '1', 'application', '2')
        and detail.amount <> 0
    union all
    select applied.detail, cash.entry_no, sign(cash.owed) * applied.amount, applied.posted_on, applied.known_on
    from applied
    join entries cash on cash.entry_no = applied.entry_no and cash.role = 'cash'
    join entries loss on loss.entry_no = applied.against and loss.role = 'loss'
)
select
    cash.label || '/' || direct.detail as payment_id, document.label as invoice_id, cash.customer_no as customer_id,
    cash.posted_on as paid_on, direct.sign * direct.amount as amount, document.currency, cash.method, cash.known_on,
    cash._origin
from direct
join entries cash on cash.entry_no = direct.cash
join entries document on document.entry_no = direct.document
union all
select
    entries.label, null, entries.customer_no, entries.posted_on, on_account.amount, entries.currency, entries.method,
    entries.known_on, entries._origin
from on_account
join entries on entries.entry_no = on_account.entry_no
where on_account.amount <> 0
union all
select
    entries.label || '/' || changed.detail, null, entries.customer_no, changed.posted_on, changed.amount,
    entries.currency, 'difference', changed.known_on, entries._origin
from changed
join entries on entries.entry_no = changed.entry_no
