-- Tryton's rates are units of the currency for one of a base: what one is worth in the first company's currency.
with
company as (
    select currency from company_company order by id limit 1
),
days as (
    select distinct date from currency_currency_rate
),
-- The company's own rate may have been set on other days than a currency's.
held as (
    select days.date, rates.currency, max_by(rates.rate, rates.date) as rate
    from days
    join currency_currency_rate rates on rates.date <= days.date and rates.rate > 0
    group by days.date, rates.currency
)
select
    greatest(held.date, date '1990-01-01') as "on",
    currency.code as currency,
    max_by(own.rate / held.rate, held.date) as rate
from held
join company on true
join held own on own.currency = company.currency and own.date = held.date
join currency_currency currency on currency.id = held.currency
group by all
