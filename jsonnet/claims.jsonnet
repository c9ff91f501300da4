// SPDX-License-Identifier: Apache-2.0
// A claims mapper for Kratos's session tokenizer: adds the state of the person's verification to a
// JWT. Kratos keeps its own claims (iss, sub, sid, exp and so on). For claims of your own, add them
// beside `jumio`, for example `aud: 'https://api.example.com'`.
local session = std.extVar('session');
local identity =
  if std.objectHas(session, 'identity') && std.isObject(session.identity)
  then session.identity
  else {};
local metadata =
  if std.objectHas(identity, 'metadata_public') && std.isObject(identity.metadata_public)
  then identity.metadata_public
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
  else {};
// Like the service: a status that is missing or unknown counts as "none", and so does the rest.
local known = ['pending', 'verified', 'review', 'rejected', 'expired'];
local isKnown = std.objectHas(jumio, 'status') && std.member(known, jumio.status);
local text(name) =
  if isKnown && std.objectHas(jumio, name) && std.isString(jumio[name]) then jumio[name] else null;
{
  claims: {
    jumio: {
      status: if isKnown then jumio.status else 'none',
      verdict: text('verdict'),
      decided_at: text('decided_at'),
      valid_until: text('valid_until'),
    },
  },
}
