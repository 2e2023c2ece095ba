-- Odoo's rates are units of the currency for one of the company's.
with
company as (
    select id, currency_id from res_company order by id limit 1
)
select
    rate.name as "on",
    currency.name as currency,
    1 / avg(rate.rate) as rate
from res_currency_rate rate
join company on rate.company_id is null or rate.company_id = company.id
join res_currency currency on currency.id = rate.currency_id
where rate.rate > 0 and rate.currency_id <> company.currency_id
group by rate.name, currency.name
