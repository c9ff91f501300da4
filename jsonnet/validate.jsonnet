// SPDX-License-Identifier: Apache-2.0
// The body of the sign-in and recovery hooks: the identity's id, the state of its verification, and
// the person's languages.
//
// This list has the statuses about which Kratos asks the service. People with another status sign
// in without a call: an error that begins with "cancel" makes Kratos skip the call and continue. As
// it is, verified people can sign in even while the service is down. About everyone else Kratos
// asks the service, which decides by its settings. `operator render` changes the list:
//   --ask-only  asks about fewer statuses, so that an outage of the service stops fewer people
//   --ask-all   also asks about verified people, so that nobody signs in without a call
local asked = ['none', 'pending', 'review', 'rejected', 'expired'];

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

  local headers =
    if std.objectHas(ctx, 'request_headers') && std.isObject(ctx.request_headers)
    then ctx.request_headers
    else {};
  // Kratos gives each header as a list.
  local languages =
    if std.objectHas(headers, 'Accept-Language') then headers['Accept-Language'] else null;

  if !std.member(asked, status)
  then error 'cancel'
  else {
    identity_id: ctx.identity.id,
    flow_id: if std.objectHas(ctx.flow, 'id') then ctx.flow.id else null,
    accept_language:
      if std.isArray(languages) && std.length(languages) > 0 && std.isString(languages[0])
      then languages[0]
      else null,
    jumio: jumio,
  }
