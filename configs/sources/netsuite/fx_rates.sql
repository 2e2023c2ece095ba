-- The rates of the transactions themselves, to the subsidiary's currency; where several of a day differ, one in the
-- middle.
select trandate as "on", symbol as currency, quantile_disc(transaction.exchangerate, 0.5) as rate
from transaction
join currency on currency.id = transaction.currency
where trandate is not null and transaction.exchangerate > 0 and transaction.exchangerate <> 1
    and not coalesce(deleted, false)
group by all
