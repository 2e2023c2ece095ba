-- What was applied to what, both ways round: a link is from the earlier document in the chain to the later, and which
-- of the two is the credit differs by type. Links of orders and shipments join nothing here.
with
links as (
    select previousdoc, nextdoc, sum(abs(foreignamount)) as amount
    from nexttransactionlinelink
    where not coalesce(deleted, false) and foreignamount <> 0 and linktype in ('Payment', 'DepAppl', 'DepRfnd', 'Pymt')
    group by all
),
pairs as (
    select previousdoc as id, nextdoc as against, amount from links
    union all
    select nextdoc, previousdoc, amount from links
)
select
    pairs.id, pairs.against, pairs.amount, other.role as by_what, other.label as other_label,
    -- A loss is of its own day; what else was applied is of the later of the two: NetSuite does not say when it was.
    case when other.role in ('loss', 'discount', 'used') then other.dated else greatest(own.dated, other.dated) end
        as dated,
    greatest(own.known_on, other.known_on) as known_on
from pairs
join entries own on own.id = pairs.id
join entries other on other.id = pairs.against and sign(other.owed) <> sign(own.owed)
