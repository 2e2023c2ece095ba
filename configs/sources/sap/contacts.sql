-- Dunning notices that were printed: one a customer, company code, area and run. Level 0 is a run that sent nothing.
with
about as (
    select
        mhnd.laufd, mhnd.laufi, mhnd.bukrs, mhnd.kunnr, coalesce(mhnd.smaber, '') as area,
        count(distinct items.root) as documents, min(items.root) as document
    from mhnd
    join items
        on items.bukrs = mhnd.bukrs and items.belnr = mhnd.belnr and items.gjahr = mhnd.gjahr
        and items.item = mhnd.bukrs || '-' || mhnd.belnr || '-' || mhnd.gjahr || '-' || mhnd.buzei
    group by all
)
select
    concat_ws('-', mhnk.bukrs, mhnk.laufd, mhnk.laufi, mhnk.kunnr, mhnk.smaber) as contact_id,
    mhnk.kunnr as customer_id,
    case when about.documents = 1 then about.document end as invoice_id,
    coalesce(mhnk.prndt, mhnk.ausdt, mhnk.laufd) as contacted_on,
    'letter' as channel,
    'dunning level ' || mhnk.mahns as note,
    mhnk._origin
from mhnk
left join about
    on about.laufd = mhnk.laufd and about.laufi = mhnk.laufi and about.bukrs = mhnk.bukrs
    and about.kunnr = mhnk.kunnr and about.area = coalesce(mhnk.smaber, '')
where coalesce(mhnk.koart, 'D') = 'D' and mhnk.kunnr is not null and coalesce(mhnk.mahns, '1') <> '0'
