-- Messages that went out (the notification says how) and calls that were done as an activity. A message about an
-- invoice that is not due yet is the invoice itself being sent: it is no contact.
with
messages as (
    select
        message.id,
        message.date::date as day,
        message.message_type,
        activity.category,
        coalesce(partner.commercial_partner_id, of_move.commercial_partner_id) as partner,
        move.id as move
    from mail_message message
    left join mail_activity_type activity on activity.id = message.mail_activity_type_id
    left join account_move move on message.model = 'account.move' and move.id = message.res_id
    left join res_partner partner on message.model = 'res.partner' and partner.id = message.res_id
    left join (
        select line.move_id, min(partner.commercial_partner_id) as commercial_partner_id
        from account_move_line line join res_partner partner on partner.id = line.partner_id
        group by line.move_id
    ) of_move on of_move.move_id = move.id
    where message.model in ('account.move', 'res.partner')
),
documents as (
    select
        line.move_id,
        min(coalesce(line.date_maturity, move.date)) as due_on,
        min_by(move.name || '#' || line.id, (coalesce(line.date_maturity, move.date), line.id)) as label
    from account_move_line line
    join account_move move on move.id = line.move_id and move.state = 'posted' and move.move_type = 'out_invoice'
    join account_account account
        on account.id = line.account_id
        and (account.account_type = 'asset_receivable' or account.internal_type = 'receivable')
    group by line.move_id
)
select
    'message-' || messages.id as contact_id,
    messages.partner::text as customer_id,
    documents.label as invoice_id,
    messages.day as contacted_on,
    case
        when messages.category = 'phonecall' then 'call'
        else min(case notification.notification_type when 'email' then 'email' when 'sms' then 'sms'
            when 'snail' then 'letter' end)
    end as channel,
    -- One message to several people bounced only where all of it did.
    case when bool_and(notification.notification_status = 'bounce') then 'bounced' end as outcome
from messages
left join documents on documents.move_id = messages.move
left join mail_notification notification
    on notification.mail_message_id = messages.id
    and notification.notification_type in ('email', 'sms', 'snail')
    and notification.notification_status not in ('ready', 'exception', 'canceled')
where messages.partner is not null
    and messages.message_type <> 'email' -- that is one that came in
    and (messages.category = 'phonecall' or notification.id is not null)
    and (messages.category = 'phonecall' or messages.move is null or documents.due_on < messages.day)
group by messages.id, messages.partner, documents.label, messages.day, messages.category
