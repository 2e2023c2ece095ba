-- What lowered a document without new money: credit memos and money on account that were applied, losses, discounts,
-- tolerance, rounding. An application that was undone is taken back on its own day.
with
changes as (
    select
        applied.detail || '-' || applied.entry_no as id, document.label, document.currency, sign(document.owed) as sign,
        applied.amount, applied.posted_on, applied.known_on,
        case other.role when 'loss' then 'write_off' else 'credit_applied' end as kind
    from applied
    join entries document on document.entry_no = applied.entry_no and document.role = 'document'
    join entries other on other.entry_no = applied.against
    where not (other.role = 'cash' and applied.transaction_no = other.transaction_no and applied.amount > 0)
    union all
    select
        detail.entry_no::text, document.label, document.currency, 1, -detail.amount, detail.posting_date,
        coalesce(detail.created_at::date, detail.posting_date),
        case
            when lower(detail.entry_type) like '%discount%' or lower(detail.entry_type) like '%tolerance%'
                or detail.entry_type in ('7', '8', '9', '12', '13', '14', '15', '16', '17')
            then 'discount'
            else 'write_off'
        end
    from detailed_cust_ledg_entry detail
    join entries document on document.entry_no = detail.cust_ledger_entry_no and document.role = 'document'
    where lower(detail.entry_type) not in ('initial entry', 'initial_x0020_entry', 'initial', '1', 'application', '2')
        and detail.amount <> 0
)
select
    id as adjustment_id, label as invoice_id, kind, posted_on, sign * amount as amount, currency, known_on,
    'detailed entry ' || id as _origin
from changes
