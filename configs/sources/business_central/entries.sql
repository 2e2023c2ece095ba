-- Every customer ledger entry with its amount, which only its first detailed entry has, and its role:
--   document  an invoice, credit memo, finance charge memo or reminder fee; an entry of a journal without a type
--   cash      a payment or a refund
--   loss      an entry without a type that lowered an invoice in the posting that made it
-- Types are names (of the English version) or the numbers of their values. `owed` is negative where the customer owes
-- less.
with
lcy as (
    select max(lcy_code) as code from general_ledger_setup
),
initial as (
    select cust_ledger_entry_no, sum(amount) as owed, min(created_at) as created_at,
    min(transaction_no) as transaction_no
    from detailed_cust_ledg_entry
    where lower(entry_type) in ('initial entry', 'initial_x0020_entry', 'initial', '1')
    group by cust_ledger_entry_no
),
-- Entries that were applied in the posting that made them.
at_once as (
    select distinct initial.cust_ledger_entry_no
    from detailed_cust_ledg_entry detail
    join initial
        on initial.cust_ledger_entry_no = detail.cust_ledger_entry_no and initial.transaction_no = detail.transaction_no
    where lower(detail.entry_type) in ('application', '2')
)
select
    entry.entry_no,
    coalesce(entry.document_no || '#', '') || entry.entry_no as label,
    entry.customer_no,
    case
        when lower(entry.document_type) in ('payment', 'refund', '1', '6') then 'cash'
        when lower(coalesce(nullif(trim(entry.document_type, ' _'), ''), '0')) in ('0', 'x0020')
            and initial.owed < 0 and at_once.cust_ledger_entry_no is not null then 'loss'
        else 'document'
    end as role,
    initial.owed,
    coalesce(nullif(entry.currency_code, ''), lcy.code) as currency,
    coalesce(entry.currency_code, '') as own_currency,
    entry.posting_date as posted_on,
    coalesce(entry.document_date, entry.posting_date) as issued_on,
    coalesce(entry.due_date, entry.document_date, entry.posting_date) as due_on,
    initial.transaction_no,
    coalesce(initial.created_at, entry.created_at)::date as created_on,
    coalesce(coalesce(initial.created_at, entry.created_at)::date, entry.posting_date) as known_on,
    entry.payment_method_code as method,
    entry._origin
from cust_ledger_entry entry
join initial on initial.cust_ledger_entry_no = entry.entry_no
cross join lcy
left join at_once on at_once.cust_ledger_entry_no = entry.entry_no
where initial.owed <> 0
