import { StrictMode, useState, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { SignIn } from './parts.tsx';
import type { Session } from './session.ts';

function Page({ title, frontend }: { readonly title: string; readonly frontend: (session: Session) => ReactNode }): ReactNode {
  const [session, setSession] = useState<Session | null>(null);
  return (
    <main>
      <h1>{title}</h1>
      {session === null ? <SignIn onSession={setSession} /> : frontend(session)}
    </main>
  );
}

/** Puts a frontend on the page, once somebody signed in. */
export function show(title: string, frontend: (session: Session) => ReactNode): void {
  const root = document.getElementById('root');
  if (root === null) throw new Error('the page has no element "root"');
  createRoot(root).render(
    <StrictMode>
      <Page title={title} frontend={frontend} />
    </StrictMode>,
  );
}
