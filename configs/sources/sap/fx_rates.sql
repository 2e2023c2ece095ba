-- Average rates (type M) to the currency in which the company codes keep their books. A date is kept as 99999999 less
-- itself, and a negative rate is quoted the other way round.
with
own as (
    select mode(hwaer) as currency from bkpf
),
rates as (
    select
        try_strptime((99999999 - try_cast(gdatu as bigint))::text, '%Y%m%d')::date as day,
        fcurr,
        case when ukurs < 0 then -1 / ukurs else ukurs end
            * coalesce(nullif(tfact, 0), 1) / coalesce(nullif(ffact, 0), 1) as rate
    from tcurr
    join own on own.currency = tcurr.tcurr
    where kurst = 'M' and ukurs <> 0
)
select day as "on", fcurr as currency, any_value(rate) as rate
from rates
where day between date '1990-01-01' and date '2099-12-31'
group by day, fcurr
