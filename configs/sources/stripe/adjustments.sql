-- What lowered a document without new money: credit notes, credit of the account, what was voided or given up. An
-- invoice that was given up and paid after all is taken back by so much.
with
before as (
    select
        documents.kind, documents.id,
        coalesce(sum(lowered.amount) filter (lowered.dated <= documents.uncollectible_on), 0) as uncollectible,
        coalesce(sum(lowered.amount) filter (lowered.dated > documents.uncollectible_on), 0) as afterwards,
        coalesce(sum(lowered.amount) filter (lowered.dated <= documents.voided_on), 0) as voided,
        max(lowered.dated) as latest
    from documents
    left join lowered on lowered.kind = documents.kind and lowered.id = documents.id
    group by documents.kind, documents.id
),
ended as (
    select
        label, 'given up' as how, 'write_off' as kind, uncollectible_on as dated, owed - uncollectible as amount,
        currency,
        _origin
    from documents
    join before using (kind, id)
    where kind = 'invoice' and uncollectible_on is not null
    union all
    select
        label, 'paid after all', 'write_off', latest, -least(afterwards, owed - uncollectible), currency, _origin
    from documents
    join before using (kind, id)
    where kind = 'invoice' and uncollectible_on is not null and afterwards > 0
    union all
    select label, 'void', 'cancellation', voided_on, owed - voided, currency, _origin
    from documents
    join before using (kind, id)
    where status = 'void' and voided_on is not null
)
select
    documents.label || '/' || lowered.how || '/' || lowered.source as adjustment_id,
    documents.label as invoice_id,
    'credit_applied' as kind,
    lowered.dated as posted_on,
    lowered.amount,
    documents.currency,
    lowered.dated as known_on,
    documents._origin
from lowered
join documents on documents.kind = lowered.kind and documents.id = lowered.id
where lowered.how in ('note', 'balance')
union all
select label || '/' || how, label, kind, dated, amount, currency, dated, _origin
from ended
where amount <> 0
