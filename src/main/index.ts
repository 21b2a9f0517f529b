import { app } from 'electron';

app.setName('Jeton');
