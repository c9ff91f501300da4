// The body of the registration hook: who registered, and in which flow. No traits: what Jumio is
// told of a person is an id that means nothing to anyone else.
function(ctx) {
  identity_id: ctx.identity.id,
  flow_id: if std.objectHas(ctx.flow, 'id') then ctx.flow.id else null,
}
