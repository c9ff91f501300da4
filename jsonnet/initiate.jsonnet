// The body of the registration hook: the ids of the identity and of the flow. No traits: Jumio gets
// only an id, which tells nobody else who the person is.
function(ctx) {
  identity_id: ctx.identity.id,
  flow_id: if std.objectHas(ctx.flow, 'id') then ctx.flow.id else null,
}
