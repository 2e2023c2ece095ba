-- Xero's rates are units of the document's currency for one of the organisation's: what one is worth is the other way
-- round.
select dated as "on", currency, quantile_disc(1 / rate, 0.5) as rate
from (
    select entries.dated, entries.currency, invoice.rate
    from invoice
    join entries on entries.kind = 'invoice' and entries.id = invoice.id
)
where rate > 0 and rate <> 1 and currency is not null
group by all
