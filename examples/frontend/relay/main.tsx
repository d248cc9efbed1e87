import { show } from '../core/page.tsx';
import { RelayFrontend } from './app.tsx';

show('Appraisals, with Relay', (session) => <RelayFrontend session={session} />);
