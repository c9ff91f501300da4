// The body of the sign-in and recovery hooks: the identity and what it says of its verification.
//
// Who is verified is let in here. An error that begins with "cancel" makes Kratos skip the call and
// go on, so verified people sign in even while the service is down. Everyone else is asked about:
// the policy lives in the service.
//
// `operator render --ask-only` puts a list of statuses here. Then only they are asked about, and
// the service's outage holds up nobody else. Null: everyone but the verified.
local askOnly = null;

function(ctx)
  local metadata =
    if std.objectHas(ctx.identity, 'metadata_public') && std.isObject(ctx.identity.metadata_public)
    then ctx.identity.metadata_public
    else {};
  local own = if std.objectHas(metadata, 'jumio') then metadata.jumio else null;
  // The public Express sample kept a flat key. It counts as long as there is nothing of ours.
  local flat =
    if std.objectHas(metadata, 'jumio_verification_status')
    then metadata.jumio_verification_status
    else null;
  local jumio =
    if std.isObject(own) then own
    else if flat == 'rejected' then { status: 'rejected' }
    else null;
  // As the service reads it: what is missing or not one of these is "none".
  local known = ['pending', 'verified', 'review', 'rejected', 'expired'];
  local status =
    if jumio != null && std.objectHas(jumio, 'status') && std.member(known, jumio.status)
    then jumio.status
    else 'none';

  if status == 'verified' || (askOnly != null && !std.member(askOnly, status))
  then error 'cancel'
  else {
    identity_id: ctx.identity.id,
    flow_id: if std.objectHas(ctx.flow, 'id') then ctx.flow.id else null,
    jumio: jumio,
  }
