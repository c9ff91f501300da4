// SPDX-License-Identifier: Apache-2.0
// The body of the registration hook: the ids of the identity and of the flow, the state of the
// verification if the identity already has one, and the person's languages. No traits: Jumio gets
// only an id, which tells nobody else who the person is.
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
  local headers =
    if std.objectHas(ctx, 'request_headers') && std.isObject(ctx.request_headers)
    then ctx.request_headers
    else {};
  // Kratos gives each header as a list.
  local languages =
    if std.objectHas(headers, 'Accept-Language') then headers['Accept-Language'] else null;
  {
    identity_id: ctx.identity.id,
    flow_id: if std.objectHas(ctx.flow, 'id') then ctx.flow.id else null,
    accept_language:
      if std.isArray(languages) && std.length(languages) > 0 && std.isString(languages[0])
      then languages[0]
      else null,
    jumio:
      if std.isObject(own) then own
      else if flat == 'rejected' then { status: 'rejected' }
      else null,
  }
