-- Rates to the currency of the first company.
with
reporting as (
    select default_currency as currency from company order by name limit 1
)
select exchange.date as "on", exchange.from_currency as currency, avg(exchange.exchange_rate) as rate
from exchange
join reporting on reporting.currency = exchange.to_currency
where exchange.exchange_rate > 0 and exchange.from_currency <> exchange.to_currency
group by all
