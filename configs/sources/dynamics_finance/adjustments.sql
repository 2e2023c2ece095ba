-- What lowered a document without new money: credit notes and money on account that were settled, losses and discounts.
-- A settlement that was reversed is taken back on its own day.
select
    document.label || '/' || settled.recid as adjustment_id,
    document.label as invoice_id,
    case settled.by_what when 'discount' then 'discount' when 'loss' then 'write_off' else 'credit_applied' end as kind,
    settled.posted_on,
    sign(document.owed) * settled.amount as amount,
    document.currency,
    settled.known_on,
    document._origin
from settled
join entries document on document.recid = settled.trans and document.role = 'document'
join entries other on other.recid = settled.other
where not (settled.by_what = 'cash' and settled.amount > 0 and settled.known_on <= other.known_on)
