// Decorators wire; they belong where Nest and GraphQL meet the code, so that everything else stays plain functions.
export default {
  meta: {
    type: 'problem',
    schema: [{ type: 'array', items: { type: 'string' } }],
    messages: { elsewhere: 'Decorators stand in {{ roles }} files only; keep the logic in plain functions and decorate a class there.' },
  },
  create(context) {
    const roles = context.options[0];
    if (roles.some((role) => context.filename.endsWith(`.${role}.ts`))) return {};
    return { Decorator: (node) => context.report({ node, messageId: 'elsewhere', data: { roles: roles.map((role) => `*.${role}.ts`).join(', ') } }) };
  },
};
