import { show } from '../core/page.tsx';
import { UrqlFrontend } from './app.tsx';

show('Appraisals, with urql', (session) => <UrqlFrontend session={session} />);
