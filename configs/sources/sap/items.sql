-- Every line on a customer's account, without special general ledger (down payments, bills, guarantees), and its role:
--   document   an invoice or a credit note
--   continued  a residual item, or a claim that was taken back: more of the document or the money `root`
--   cash       money in or back
--   loss       what was given up
--   cancelled  the counterpart of a reversed document
-- `owed` is in the document's currency and `base` in the company code's; both are negative where the customer owes
-- less.
with recursive
heads as (
    select * from bkpf where not coalesce(_fivetran_deleted, false)
),
lines as (
    select * exclude (_fivetran_deleted, _origin), _origin from bsid where not coalesce(_fivetran_deleted, false)
    union all by name
    select * exclude (_fivetran_deleted, _origin), _origin from bsad where not coalesce(_fivetran_deleted, false)
    union all by name
    select * exclude (koart, _fivetran_deleted, _origin), _origin
    from bseg
    where upper(koart) = 'D' and not coalesce(_fivetran_deleted, false)
),
-- An item that was cleared between the copies of two tables is in both; the cleared one is the later.
latest as (
    select *
    from lines
    where kunnr is not null and umskz is null
    qualify row_number() over (partition by bukrs, belnr, gjahr, buzei order by augbl is null) = 1
),
named as (
    select
        latest.bukrs || '-' || latest.belnr || '-' || latest.gjahr || '-' || latest.buzei as item,
        latest.bukrs || '-' || rebzg || '-' || rebzj || '-' || rebzz as refers_to,
        latest.bukrs, latest.belnr, latest.gjahr, latest.kunnr, latest.augbl, latest.augdt,
        coalesce(latest.auggj, year(latest.augdt)::text) as auggj,
        -- Amounts are kept with two decimals whatever the currency has: 1000 yen are 10.00.
        case when upper(shkzg) = 'H' then -1 else 1 end * latest.wrbtr
            * case coalesce(tcurx.currdec, 2) when 0 then 100 when 1 then 10 when 3 then 0.1 else 1 end as owed,
        case when upper(shkzg) = 'H' then -1 else 1 end * coalesce(latest.dmbtr, latest.wrbtr) as base,
        coalesce(latest.wskto, 0) as discount,
        upper(coalesce(latest.waers, heads.waers)) as currency,
        coalesce(latest.bldat, heads.bldat) as issued_on,
        coalesce(latest.budat, heads.budat) as posted_on,
        -- Of parked documents and the like, the day of entry of the head is that of the whole.
        coalesce(heads.cpudt, latest.cpudt, latest.budat) as known_on,
        coalesce(latest.zfbdt, latest.bldat, heads.bldat) as baseline,
        -- The net day, or the last of the days of a discount where the terms have no net day.
        coalesce(nullif(zbd3t, 0), nullif(zbd2t, 0), nullif(zbd1t, 0), 0)::int as days,
        upper(shkzg) = 'H' as is_credit,
        rebzg is not null and rebzj is not null as refers,
        rebzt,
        lpad(coalesce(bschl, ''), 2, '0') as posting_key,
        coalesce(latest.blart, heads.blart) as document_type,
        -- Of two documents that reverse each other, the later one reverses.
        heads.stblg is not null and coalesce(heads.xreversal, '') <> '1' and (
            heads.xreversal = '2' or coalesce(heads.cpudt > reversed.cpudt, true)
            or (heads.cpudt = reversed.cpudt and heads.belnr > reversed.belnr)
        ) as reverses,
        latest._origin
    from latest
    left join heads on heads.bukrs = latest.bukrs and heads.belnr = latest.belnr and heads.gjahr = latest.gjahr
    left join heads reversed
        on reversed.bukrs = heads.bukrs and reversed.belnr = heads.stblg
        and reversed.gjahr = coalesce(heads.stjah, heads.gjahr)
    left join tcurx on tcurx.currkey = coalesce(latest.waers, heads.waers)
    -- Noted items and parked documents (BSTAT S and V) are none of the account's.
    where coalesce(latest.bstat, heads.bstat, '') not in ('S', 'V', 'M', 'Z')
),
-- Posting keys are SAP's own. A company that has others changes this one place.
with_roles as (
    select
        *,
        case
            when posting_key in ('15', '05', '18', '08') then case when rebzt = 'V' then 'continued' else 'cash' end
            when reverses then 'cancelled'
            when refers and (rebzt = 'V' or posting_key in ('04', '06', '07')) then 'continued'
            when posting_key in ('14', '17') and augbl = belnr then 'loss' -- what is still open may be anything
            when posting_key = '16' then 'cash'
            when posting_key = '00' and document_type in ('DZ', 'ZP') then 'cash'
            else 'document'
        end as role
    from named
    where owed <> 0 -- exchange differences are lines of no amount in the document's currency
),
climbing as (
    select item, refers_to as root, 1 as steps from with_roles where role = 'continued'
    union all
    select climbing.item, parent.refers_to, steps + 1
    from climbing
    join with_roles parent on parent.item = climbing.root and parent.role = 'continued'
    where steps < 1000
),
roots as (
    select item, max_by(root, steps) as root from climbing group by item
)
select
    own.* replace (case when own.role = 'continued' and root.item is null then 'document' else own.role end as role),
    coalesce(root.item, own.item) as root,
    -- A credit that refers to an invoice is due with it, any other at once.
    case
        when own.is_credit and own.refers then coalesce(referred.baseline + referred.days, own.baseline)
        when own.is_credit then own.baseline
        else own.baseline + own.days
    end as due_on,
    -- What a payment in part says that it is for.
    case when own.role = 'cash' and paid.role = 'document' then paid.item end as part_of,
    -- A residual item is of the document that cleared what it continues; else the claim was taken back.
    own.role = 'continued' and coalesce(referred.augbl = own.belnr, false) as is_residual,
    coalesce(clearing.cpudt, own.augdt) as cleared_known_on,
    own.augbl = own.belnr and own.auggj = own.gjahr as clears_itself
from with_roles own
left join roots on roots.item = own.item
left join with_roles root on root.item = roots.root
left join with_roles referred on referred.item = own.refers_to and own.refers
left join roots referred_roots on referred_roots.item = referred.item
left join with_roles paid on paid.item = coalesce(referred_roots.root, referred.item)
left join (
    select bukrs, belnr, gjahr, min(cpudt) as cpudt from heads group by all
) clearing on clearing.bukrs = own.bukrs and clearing.belnr = own.augbl and clearing.gjahr = own.auggj
