import PouchDB from 'pouchdb-core';

// Every open database listens to the class, and a store has more than the ten that Node warns of.
PouchDB.setMaxListeners(0);

export { PouchDB };
