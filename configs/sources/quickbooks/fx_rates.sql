-- The rates of the documents themselves, to the company's own currency; where several of a day differ, one in the
-- middle.
select dated as "on", currency, quantile_disc(rate, 0.5) as rate
from (
    select issued_on as dated, currency, rate from invoice
    union all
    select paid_on, currency, rate from payment
)
where dated is not null and currency is not null and rate > 0 and rate <> 1
group by all
