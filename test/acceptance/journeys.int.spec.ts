import { journeysOn } from './journeys/all.journeys.js';

journeysOn('postgres');
