-- What lowered a document without new money: credit memos, deposits that were applied, and journal entries.
select
    entries.label || '/' || applied.other_label as adjustment_id,
    entries.label as invoice_id,
    case applied.by_what when 'discount' then 'discount' when 'loss' then 'write_off' else 'credit_applied' end as kind,
    applied.dated as posted_on,
    sign(entries.owed) * applied.amount as amount,
    entries.currency,
    applied.known_on,
    entries._origin
from applied
join entries on entries.id = applied.id and entries.role = 'document'
where applied.by_what <> 'cash'
