// The body of the sign-in and recovery hooks: the identity's id and the state of its verification.
//
// This template lets verified people in. An error that begins with "cancel" makes Kratos skip the
// call and continue, so verified people can sign in even while the service is down. About everyone
// else Kratos asks the service, which decides by its settings.
//
// `operator render --ask-only` sets a list of statuses here. Then Kratos asks only about people with
// these statuses, and an outage of the service blocks nobody else. Null: everyone except verified
// people.
local askOnly = null;

function(ctx)
  local metadata =
    if std.objectHas(ctx.identity, 'metadata_public') && std.isObject(ctx.identity.metadata_public)
    then ctx.identity.metadata_public
    else {};
  local own = if std.objectHas(metadata, 'jumio') then metadata.jumio else null;
  // The public Express sample wrote a flat key. It counts while the identity has no `jumio` object.
  local flat =
    if std.objectHas(metadata, 'jumio_verification_status')
    then metadata.jumio_verification_status
    else null;
  local jumio =
    if std.isObject(own) then own
    else if flat == 'rejected' then { status: 'rejected' }
    else null;
  // Like the service: a status that is missing or unknown counts as "none".
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
