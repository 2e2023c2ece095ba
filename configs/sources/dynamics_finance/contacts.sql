-- Collection letters, but for those that were cancelled.
with
about as (
    select letter.collectionletternum, count(distinct entries.recid) as documents, min(entries.label) as document
    from custcollectionlettertrans letter
    join entries on entries.role = 'document' and entries.voucher = letter.voucher
    group by letter.collectionletternum
)
select
    'letter-' || letter.collectionletternum as contact_id,
    letter.accountnum as customer_id,
    case when about.documents = 1 then about.document end as invoice_id,
    letter.transdate as contacted_on,
    'letter' as channel,
    letter._origin
from custcollectionletterjour letter
left join about on about.collectionletternum = letter.collectionletternum
where lower(coalesce(letter.status, '')) not in ('canceled', 'cancelled')
