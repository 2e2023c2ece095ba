-- Rates to the currency in which the company keeps its books: the one whose amounts are the same in both. They are kept
-- for a hundred units.
with
own as (
    select mode(currencycode) as currency from custtrans where amountcur = amountmst
)
select rate.validfrom as "on", pair.fromcurrencycode as currency, any_value(rate.exchangerate) / 100 as rate
from exchangerate rate
join exchangeratecurrencypair pair on pair.recid = rate.exchangeratecurrencypair
join own on own.currency = pair.tocurrencycode
where rate.exchangerate > 0
group by all
